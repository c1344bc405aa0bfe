/** One browser with 100,000 messages of its own, made once for all that is measured on it. */
import { type AwayDevice, awayDevice } from './away-device.ts';

export const heldMessages = 100_000;
const conversations = 50;
/** Of one conversation no more than 2,000 events, or a window is sent instead. */
const atOnce = 25_000;

let made: Promise<AwayDevice> | undefined;

export function fullDevice(): Promise<AwayDevice> {
  made ??= make();
  return made;
}

async function make(): Promise<AwayDevice> {
  const device = await awayDevice(conversations);
  for (let held = 0; held < heldMessages; held += atOnce) await device.missed({ conversations: 0, messages: atOnce });
  return device;
}

/** When everything is measured. A device that could not be made has been reported by whoever asked for it. */
export async function endFullDevice(): Promise<void> {
  const device = await made?.catch(() => undefined);
  await device?.dispose();
}

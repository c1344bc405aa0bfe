const notes = [
  { hertz: 660, atSeconds: 0 },
  { hertz: 880, atSeconds: 0.09 },
] as const;
const ringSeconds = 0.22;
const loudness = 0.09;
const startMsMax = 1_000;

let context: AudioContext | undefined;

/**
 * Two soft notes, made here: there is no file to fetch. `false` when the browser lets no page sound that nobody has touched
 * yet, or when its sound does not start at once; the system's own may then take its place.
 */
export async function playChime(): Promise<boolean> {
  if (!('AudioContext' in globalThis) || navigator.userActivation?.hasBeenActive === false) return false;
  context ??= new AudioContext();
  // A machine whose sound does not start answers never; what is to be told does not wait for it.
  if (context.state === 'suspended') await Promise.race([context.resume(), wait(startMsMax)]);
  if (context.state !== 'running') return false;
  for (const { hertz, atSeconds } of notes) ring(context, hertz, context.currentTime + atSeconds);
  return true;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function ring(audio: AudioContext, hertz: number, startSeconds: number): void {
  const [tone, volume] = [audio.createOscillator(), audio.createGain()];
  tone.type = 'sine';
  tone.frequency.value = hertz;
  // Rising and falling without a step, which would be heard as a click.
  volume.gain.setValueAtTime(0, startSeconds);
  volume.gain.linearRampToValueAtTime(loudness, startSeconds + 0.012);
  volume.gain.exponentialRampToValueAtTime(0.0001, startSeconds + ringSeconds);
  tone.connect(volume).connect(audio.destination);
  tone.start(startSeconds);
  tone.stop(startSeconds + ringSeconds);
}

import {
  admit,
  afterReset,
  cut,
  extend,
  fill,
  fillable,
  isSettled,
  makeStale,
  nextOfLane,
  putWindow,
  stage,
  type LogEvent,
  type Seq,
} from '#sync-protocol';
import { mergeSnapshot, reviseHeld } from './message.ts';

/** A window continues exactly what is held: a late one would take back what came since. [AP-1] */
const windowFits = ({ from, head }: { readonly from: Seq; readonly head: Seq }, watermark: Seq): boolean =>
  from === watermark && head >= watermark;

/** What a filled interval is true as of: current when the page is, or when nothing between it and the watermark is unknown. [AP-10] */
const filledAsOf = (asOf: Seq, watermark: Seq, between: readonly LogEvent[] | undefined): Seq | undefined =>
  asOf >= watermark || between ? undefined : asOf;

/** Only the newest leader writes what was received. [LS-4] */
const leads = (held: number, claimed: number): boolean => held === claimed;

/** Whether events kept for replay stay good over something other than a run. [AP-11] */
const keepsOver = (_what: 'window' | 'reset' | 'gone' | 'leader-term'): boolean => false;

/** Every decision of applying, by name, so that the tests can plant a mistake in one of them. */
export const deviceRules = {
  admit,
  afterReset,
  cut,
  extend,
  fill,
  fillable,
  filledAsOf,
  isSettled,
  keepsOver,
  leads,
  makeStale,
  mergeSnapshot,
  nextOfLane,
  putWindow,
  reviseHeld,
  stage,
  windowFits,
};
export type DeviceRules = typeof deviceRules;

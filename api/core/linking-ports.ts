/** What linking a further device needs of the world. */
import type { DeviceId, UserId } from '#sync-protocol';

/**
 * A device that is not signed in, and asks one that is to be let in. [AC-22]
 *
 *   open ──confirmed──► approved ──collected by its browser──► collected
 *     └──not mine──► denied            any of them ──time──► expired, as if it had never been
 */
export type DeviceLink = {
  readonly id: string;
  /** Of what the asking browser alone holds. */
  readonly secretHash: string;
  /** Of what is in the QR code. */
  readonly tokenHash: string;
  /** Of the short code, with the store's key. */
  readonly codeHash: string;
  /** What asks: its browser and system as it calls itself, and where from. */
  readonly label: string;
  readonly address: string;
  readonly startedAt: number;
  readonly expiresAt: number;
  readonly state: 'open' | 'approved' | 'denied' | 'collected';
  readonly approvedBy?: { readonly user: UserId; readonly device: DeviceId };
};

export type Approval = {
  readonly by: { readonly user: UserId; readonly device: DeviceId };
  readonly expiresAt: number;
};

/** One contract suite (tests/contract/device-link-store.ts), every adapter passes it. Whatever has expired at `now` is not there. */
export interface DeviceLinkStore {
  /** False when another one that still lives has this short code. Those expired at `now` are forgotten. */
  openLink(link: DeviceLink, now: number): Promise<boolean>;
  linkBySecret(secretHash: string, now: number): Promise<DeviceLink | undefined>;
  /** Only while it is open. */
  openLinkBy(what: 'token' | 'code', hash: string, now: number): Promise<DeviceLink | undefined>;
  /** In one step: false unless it was open. [AC-23] */
  approveLink(id: string, approval: Approval, now: number): Promise<boolean>;
  denyLink(id: string, now: number): Promise<boolean>;
  /** Hands an approved one out, once, in one step. [AC-22] */
  collectLink(secretHash: string, now: number): Promise<DeviceLink | undefined>;
}

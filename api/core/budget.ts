import { utf8Bytes } from '#sync-protocol';

/** What is left of an answer, in bytes of JSON. [RN-2] */
export type Budget = {
  left(): number;
  /** Takes the bytes of this and gives it back. */
  spend<T>(part: T): T;
  hasSpent(): boolean;
};

export function createBudget(bytes: number): Budget {
  let left = bytes;
  return {
    left: () => left,
    spend: (part) => {
      left -= bytesOf(part);
      return part;
    },
    hasSpent: () => left < bytes,
  };
}

export const bytesOf = (value: unknown): number => utf8Bytes(JSON.stringify(value) ?? '');

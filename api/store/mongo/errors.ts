import { type Model, mongo } from 'mongoose';

const duplicateKey = 11_000;

/**
 * Whether all that failed is that something was there already. Which index said so is not looked at: not every server of this
 * protocol names it, and one that retried a write may have been refused by its own row. Where a write concern was not met
 * as well, nothing is known. [SQ-12]
 */
export function isTaken(error: unknown): boolean {
  if (error instanceof mongo.MongoBulkWriteError) {
    const failed = [error.writeErrors].flat();
    return failed.length > 0 && failed.every(({ code }) => code === duplicateKey) && !error.result.getWriteConcernError();
  }
  return error instanceof mongo.MongoServerError && error.code === duplicateKey;
}

/** What it answers, or `otherwise` when what it would write was there already. */
export async function ifTaken<T, U>(work: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await work;
  } catch (error) {
    if (isTaken(error)) return otherwise;
    throw error;
  }
}

/** Whether it was inserted: not when its place is taken. */
export const insertNew = <Doc>({ collection }: Model<Doc>, doc: Partial<Doc>): Promise<boolean> =>
  ifTaken(
    collection.insertOne(doc as never).then(() => true),
    false,
  );

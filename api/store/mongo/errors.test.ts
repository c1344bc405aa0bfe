import { mongo } from 'mongoose';
import { expect, test } from 'vitest';
import { isTaken } from './errors.ts';

type Failed = { readonly code: number; readonly index: number };
const bulkError = (writeErrors: readonly Failed[], writeConcernError?: object) =>
  new mongo.MongoBulkWriteError({ message: 'of a bulk', code: writeErrors[0]?.code ?? 64, writeErrors: writeErrors as never }, {
    getWriteConcernError: () => writeConcernError,
  } as never);

test('[SQ-12] taken is only what fails by being there already, all of it, on a majority', () => {
  const there = { code: 11_000, index: 0 };
  expect(isTaken(bulkError([there, { code: 11_000, index: 2 }]))).toBe(true);
  expect(isTaken(bulkError([there, { code: 121, index: 1 }]))).toBe(false);
  expect(isTaken(bulkError([there], { code: 64 }))).toBe(false);
  expect(isTaken(bulkError([], { code: 64 }))).toBe(false);
  expect(isTaken(new mongo.MongoServerError({ message: 'E11000', code: 11_000 }))).toBe(true);
  expect(isTaken(new mongo.MongoServerError({ message: 'not primary', code: 10_107 }))).toBe(false);
  expect(isTaken(new mongo.MongoNetworkError('gone'))).toBe(false);
});

/** Loaded before a server (`node --import`): SIGUSR2 collects its garbage, so that what it still holds can be read. */
import { isMainThread } from 'node:worker_threads';
import { collectEverywhere } from '../../tests/kit/garbage.ts';

if (isMainThread) process.on('SIGUSR2', collectEverywhere);

/**
 * Loaded before the server (`node --import`): the paces are counted as always, and bound nobody. What is measured is how much the
 * server can do, not how much one device may ask of it.
 */
import { RateLimiterMemory } from 'rate-limiter-flexible';

Object.defineProperty(RateLimiterMemory.prototype, 'points', { get: () => Number.MAX_SAFE_INTEGER, set: () => {} });

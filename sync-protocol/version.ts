/**
 * The version of the wire: what a device says it speaks in every sync request and socket handshake. [PV-1]
 *
 * History, one line per version:
 *   1  the first: logs, ops, runs, windows, resets, rows, heads, live runs, refusals
 */
export const PROTOCOL_VERSION = 1;

/** The oldest version this server still answers in full. An older device gets `client-too-old`, but its ops are taken. [PV-3] */
export const OLDEST_VERSION = 1;

import type { Report, Transport } from '../sync/ports.ts';
import { createHttp } from './http.ts';
import { createConnect } from './socket.ts';

export const createTransport = (origin: string, report: Report): Transport => ({
  ...createHttp(origin, report),
  connect: createConnect(origin, report),
});

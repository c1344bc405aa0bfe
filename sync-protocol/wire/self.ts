import * as z from 'zod/mini';
import { seqSchema } from '../ids.ts';

/** One value of a self log and the seq that wrote it. Keys are `<kind>:<subject>`, see rules/registers.ts. [RG-1] */
export const registerSchema = z.object({ key: z.string(), revised: seqSchema, value: z.unknown() });
export type Register = z.infer<typeof registerSchema>;

/** Everything of a self log, folded: what a new device starts from. */
export const selfStateSchema = z.array(registerSchema);
export type SelfState = z.infer<typeof selfStateSchema>;

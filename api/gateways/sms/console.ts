import type { SmsGateway } from '../../core/accounts-ports.ts';

/** Prints the code where the server was started. Never through the logger: logs are kept and shipped, codes are not. [AC-10] */
export function createConsoleSms(print: (line: string) => void): SmsGateway {
  return {
    isConsole: true,
    sendCode: async (phone, code) =>
      print(`\n  Code for ${phone}: ${code.slice(0, code.length / 2)} ${code.slice(code.length / 2)}  (valid for 10 minutes)\n`),
  };
}

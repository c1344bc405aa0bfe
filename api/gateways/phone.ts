import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PhoneNumbers } from '../core/accounts-ports.ts';

export function createPhoneNumbers(): PhoneNumbers {
  return {
    parse: (text, like) => {
      const country = like === undefined ? undefined : parsePhoneNumberFromString(like)?.country;
      const parsed = parsePhoneNumberFromString(text, { extract: false, ...(country && { defaultCountry: country }) });
      return parsed?.isPossible() ? parsed.number : undefined;
    },
    countryOf: (phone) => parsePhoneNumberFromString(phone)?.country,
  };
}

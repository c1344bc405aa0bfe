import { useEffect, useMemo, useState } from 'react';
import type { Country, PhoneFieldProps } from '../../ui/phone-field.tsx';

/** The rules of the world's phone numbers: 28 KB, so only forms that ask for one load them. */
export type PhoneNumbers = {
  readonly countries: (locales: readonly string[]) => readonly Country[];
  /** E.164, or `undefined` when no such number can exist. */
  readonly parse: (number: string, country: string) => string | undefined;
  readonly format: (phone: string) => string;
  readonly countryOf: (phone: string) => string | undefined;
  /** As people of that country write it, or `undefined` while it is not such a number. */
  readonly national: (number: string, country: string) => string | undefined;
};

let loading: Promise<PhoneNumbers> | undefined;
let loaded: PhoneNumbers | undefined;

async function load(): Promise<PhoneNumbers> {
  const library = await import('libphonenumber-js/min');
  const possible = (number: string, country: string) => {
    const parsed = library.parsePhoneNumberFromString(number, country as Parameters<typeof library.getCountryCallingCode>[0]);
    return parsed?.isPossible() ? parsed : undefined;
  };
  return {
    countries: (locales) => {
      const names = new Intl.DisplayNames([...locales], { type: 'region' });
      return library
        .getCountries()
        .map((code) => ({
          code,
          name: names.of(code) ?? code,
          callingCode: String(library.getCountryCallingCode(code)),
          flag: flagOf(code),
        }))
        .sort((a, b) => a.name.localeCompare(b.name, [...locales]));
    },
    parse: (number, country) => possible(number, country)?.number,
    national: (number, country) => possible(number, country)?.formatNational(),
    format: (phone) => library.parsePhoneNumberFromString(phone)?.formatInternational() ?? phone,
    countryOf: (phone) => library.parsePhoneNumberFromString(phone)?.country,
  };
}

/** `undefined` until the rules are here. */
export function usePhoneNumbers(): PhoneNumbers | undefined {
  const [numbers, setNumbers] = useState(loaded);
  useEffect(() => {
    if (numbers) return undefined;
    let isWanted = true;
    loading ??= load();
    loading.then(
      (ready) => {
        loaded = ready;
        if (isWanted) setNumbers(ready);
      },
      () => {
        // The next form asks again: this one still takes a number with its country code.
        loading = undefined;
      },
    );
    return () => {
      isWanted = false;
    };
  }, [numbers]);
  return numbers;
}

type PhoneInput = Pick<PhoneFieldProps, 'countries' | 'country' | 'number' | 'onCountryChange' | 'onNumberChange' | 'onLeave'>;

/** A number being typed, with or without its country code: typed with one, it chooses the country and is then shown without. */
export function usePhoneInput(
  numbers: PhoneNumbers | undefined,
  { likely, initial = '', locales }: { likely: string; initial?: string | undefined; locales: string | readonly string[] },
): PhoneInput {
  const [country, setCountry] = useState<string>();
  const [number, setNumber] = useState(initial);
  const [isLeft, setLeft] = useState(false);
  const names = [locales].flat().join();
  const countries = useMemo(() => numbers?.countries(names.split(',')) ?? [], [numbers, names]);
  const typedCountry = number.trim().startsWith('+') ? numbers?.countryOf(number) : undefined;
  const chosen = typedCountry ?? country ?? likely;
  // Whoever is quick has left the field before the rules are here.
  useEffect(() => {
    const national = isLeft ? numbers?.national(number, chosen) : undefined;
    if (national === undefined) return;
    setCountry(chosen);
    setNumber(national);
  }, [isLeft, numbers, number, chosen]);
  return {
    countries,
    country: chosen,
    number,
    onCountryChange: setCountry,
    onNumberChange: (typed) => {
      setLeft(false);
      setNumber(typed);
    },
    onLeave: () => setLeft(true),
  };
}

/** The country a person most likely writes their number in: their browser's region. */
export function likelyCountry(): string {
  for (const tag of navigator.languages) {
    const { region } = new Intl.Locale(tag).maximize();
    if (region && /^[A-Z]{2}$/.test(region)) return region;
  }
  return 'US';
}

const flagOf = (code: string): string => String.fromCodePoint(0x1f1a5 + code.charCodeAt(0), 0x1f1a5 + code.charCodeAt(1));

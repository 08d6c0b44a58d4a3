import { Group, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { AvailablePhoneNumber } from '@/api/model';
import { availablePhoneNumbersQuery } from '@/api/queries';
import { countryName } from './format';
import { Loaded } from './Loaded';

/** How many the server tells of at once. */
const SHOWN_MAX = 10;

/** What of the operator's free numbers was found; `narrowed` by a country or digits, `cut` where there may be more. */
type Found = { items: AvailablePhoneNumber[]; narrowed: boolean; cut: boolean };

/** Searches the operator's free numbers by country and digits; `children` shows what was found. */
export function NumberSearch({ children }: { children: (found: Found) => ReactNode }) {
  const [country, setCountry] = useState('');
  const [contains, setContains] = useState('');
  const [digits] = useDebouncedValue(contains.replace(/\D/g, ''), 250);
  const available = useQuery(availablePhoneNumbersQuery(country, digits));
  return (
    <>
      <Group grow align="end">
        <Select
          label="Country"
          data={[
            { value: '', label: 'All countries' },
            ...(available.data?.countries ?? []).map((code) => ({ value: code, label: countryName(code) })),
          ]}
          value={country}
          allowDeselect={false}
          onChange={(value) => setCountry(value ?? '')}
        />
        <TextInput
          label="Contains"
          placeholder="212"
          inputMode="numeric"
          value={contains}
          onChange={(event) => setContains(event.currentTarget.value)}
        />
      </Group>
      <Loaded query={available}>
        {({ items }) => children({ items, narrowed: country !== '' || digits !== '', cut: items.length >= SHOWN_MAX })}
      </Loaded>
    </>
  );
}

import { Group, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { AvailablePhoneNumber } from '@/api/model';
import { availablePhoneNumbersQuery } from '@/api/queries';
import { countryName } from './format';
import { Loaded } from './Loaded';

/** What of the operator's free numbers was found; `narrowed` when a country or digits were asked for. */
type Found = { items: AvailablePhoneNumber[]; narrowed: boolean };

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
      <Loaded query={available}>{({ items }) => children({ items, narrowed: country !== '' || digits !== '' })}</Loaded>
    </>
  );
}

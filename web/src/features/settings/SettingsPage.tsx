import { Card, Stack, Tabs } from '@mantine/core';
import { PageHeader } from '@/components/PageHeader';
import { ApiKeys } from './ApiKeys';
import { CallSettings } from './CallSettings';
import { CompanySettings } from './CompanySettings';
import { MailSettingsForm } from './MailSettingsForm';

export type SettingsTab = 'company' | 'calls' | 'mail' | 'api-keys';

type Props = { tab: SettingsTab; onTab: (tab: SettingsTab) => void };

/** What is set once: the company, how calls are handled, how mail goes out, keys for programs. */
export function SettingsPage({ tab, onTab }: Props) {
  return (
    <Stack gap="md">
      <PageHeader title="Settings" />
      <Tabs value={tab} onChange={(value) => value && onTab(value as SettingsTab)} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="company">Company</Tabs.Tab>
          <Tabs.Tab value="calls">Calls</Tabs.Tab>
          <Tabs.Tab value="mail">Mail</Tabs.Tab>
          <Tabs.Tab value="api-keys">API keys</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="company" pt="md">
          <Card maw={560}>
            <CompanySettings />
          </Card>
        </Tabs.Panel>
        <Tabs.Panel value="calls" pt="md">
          <Card maw={560}>
            <CallSettings />
          </Card>
        </Tabs.Panel>
        <Tabs.Panel value="mail" pt="md">
          <Card maw={560}>
            <MailSettingsForm />
          </Card>
        </Tabs.Panel>
        <Tabs.Panel value="api-keys" pt="md">
          <ApiKeys />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

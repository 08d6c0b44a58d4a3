import { createFileRoute } from '@tanstack/react-router';
import { SettingsPage, type SettingsTab } from '@/features/settings/SettingsPage';

const tabs: SettingsTab[] = ['company', 'calls', 'mail', 'api-keys'];

export const Route = createFileRoute('/_app/settings')({
  validateSearch: (search): { tab?: SettingsTab } => ({ tab: tabs.find((tab) => tab === search.tab) }),
  component: Settings,
});

function Settings() {
  const { tab } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <SettingsPage tab={tab ?? 'company'} onTab={(next) => void navigate({ search: { tab: next }, replace: true })} />
  );
}

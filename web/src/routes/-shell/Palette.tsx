import { Spotlight } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { meQuery } from '@/api/queries';
import { useUnfinishedWizard } from '@/features/start/unfinished';
import { isFor, pages } from './pages';

/** Goes anywhere by typing (Ctrl or ⌘ and K). */
export function Palette() {
  const { data: me } = useQuery(meQuery);
  const navigate = useNavigate();
  const [unfinished] = useUnfinishedWizard();
  const actions = pages
    .filter((page) => me && isFor(page, me, unfinished))
    .map((page) => ({
      id: page.to,
      label: page.label,
      leftSection: <page.icon size={18} aria-hidden />,
      onClick: () => void navigate({ to: page.to }),
    }));
  return (
    <Spotlight
      shortcut="mod + K"
      nothingFound="No page is called like this"
      actions={actions}
      searchProps={{ placeholder: 'Go to…', 'aria-label': 'Go to' }}
    />
  );
}

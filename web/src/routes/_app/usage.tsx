import { createFileRoute } from '@tanstack/react-router';
import { UsagePage } from '@/features/usage/UsagePage';

const date = (value: unknown) => (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined);

export const Route = createFileRoute('/_app/usage')({
  validateSearch: (search): { from?: string; to?: string } => ({ from: date(search.from), to: date(search.to) }),
  component: Usage,
});

function Usage() {
  const { from, to } = Route.useSearch();
  const navigate = Route.useNavigate();
  return <UsagePage from={from} to={to} onRange={(search) => void navigate({ search, replace: true })} />;
}

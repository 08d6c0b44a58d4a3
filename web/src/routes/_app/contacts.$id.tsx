import { useQuery } from '@tanstack/react-query';
import { createFileRoute } from '@tanstack/react-router';
import { contactQuery } from '@/api/queries';
import { ContactPage, type ContactTab } from '@/features/contacts/ContactPage';
import { NotFound } from '../-fallbacks';

export const Route = createFileRoute('/_app/contacts/$id')({
  validateSearch: (search): { tab?: ContactTab } => (search.tab === 'json' ? { tab: 'json' } : {}),
  loader: ({ context, params }) => context.queryClient.ensureQueryData(contactQuery(params.id)),
  component: Contact,
});

function Contact() {
  const { id } = Route.useParams();
  const { tab } = Route.useSearch();
  const navigate = Route.useNavigate();
  const { data: contact } = useQuery(contactQuery(id));
  if (contact === null) return <NotFound title="There is no such contact" />;
  return (
    <ContactPage
      id={id}
      tab={tab ?? 'timeline'}
      onTab={(next) => void navigate({ search: next === 'json' ? { tab: 'json' } : {}, replace: true })}
    />
  );
}

import { createFileRoute } from '@tanstack/react-router';
import { StartWizard } from '@/features/start/StartWizard';
import { type Step, stepOf } from '@/features/start/steps';

export const Route = createFileRoute('/_app/start')({
  validateSearch: (search): { step?: Step; contact?: string } => ({
    step: search.step === undefined ? undefined : stepOf(search.step),
    contact: typeof search.contact === 'string' ? search.contact : undefined,
  }),
  component: Start,
});

function Start() {
  const { step, contact } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <StartWizard
      step={step ?? 1}
      contactId={contact}
      onStep={(next, contactId) => void navigate({ search: { step: next, contact: contactId } })}
    />
  );
}

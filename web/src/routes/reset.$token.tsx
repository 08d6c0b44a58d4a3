import { createFileRoute, useNavigate } from '@tanstack/react-router';
import { toastDone } from '@/components/toast';
import { AuthLayout } from '@/features/auth/AuthLayout';
import { ResetForm } from '@/features/auth/ResetForms';

export const Route = createFileRoute('/reset/$token')({ component: Reset });

function Reset() {
  const { token } = Route.useParams();
  const navigate = useNavigate();
  return (
    <AuthLayout title="Set a new password">
      <ResetForm
        token={token}
        onReset={() => {
          toastDone('Your password is set. Sign in with it.');
          void navigate({ to: '/login' });
        }}
      />
    </AuthLayout>
  );
}

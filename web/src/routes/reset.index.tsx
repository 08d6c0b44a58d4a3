import { createFileRoute } from '@tanstack/react-router';
import { AuthLayout } from '@/features/auth/AuthLayout';
import { ResetRequestForm } from '@/features/auth/ResetForms';
import { PageLink } from '@/links';

export const Route = createFileRoute('/reset/')({ component: ResetRequest });

function ResetRequest() {
  return (
    <AuthLayout title="Forgot your password?" note="A link to set a new one comes by mail, where mail is set up.">
      <ResetRequestForm />
      <PageLink to="/login" size="sm" mt="md" display="inline-block" underline="always">
        Back to sign in
      </PageLink>
    </AuthLayout>
  );
}

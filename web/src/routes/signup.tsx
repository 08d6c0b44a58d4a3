import { useQueryClient } from '@tanstack/react-query';
import { createFileRoute, useNavigate } from '@tanstack/react-router';
import { setCsrfToken } from '@/api/client';
import { meQuery } from '@/api/queries';
import { AuthLayout } from '@/features/auth/AuthLayout';
import { SignUpForm } from '@/features/auth/SignUpForm';
import { PageLink } from '@/links';

export const Route = createFileRoute('/signup')({ component: SignUp });

function SignUp() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return (
    <AuthLayout
      title="Open your contact center"
      note={
        <>
          Three answers, no card. Have one already?{' '}
          <PageLink to="/login" inherit underline="always">
            Sign in
          </PageLink>
        </>
      }
    >
      <SignUpForm
        onSignedUp={(me) => {
          client.clear();
          setCsrfToken(me.csrf_token);
          client.setQueryData(meQuery.queryKey, me);
          void navigate({ to: '/start' });
        }}
      />
    </AuthLayout>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import { createFileRoute, useRouter } from '@tanstack/react-router';
import { setCsrfToken } from '@/api/client';
import { meQuery } from '@/api/queries';
import { AuthLayout } from '@/features/auth/AuthLayout';
import { SignInForm } from '@/features/auth/SignInForm';
import { PageLink } from '@/links';

export const Route = createFileRoute('/login')({
  validateSearch: (search): { next?: string } => {
    // Only a path of ours: an absolute address here would be an open redirect.
    const next = typeof search.next === 'string' && /^\/(?![/\\])/.test(search.next) ? search.next : undefined;
    return { next };
  },
  component: Login,
});

function Login() {
  const { next } = Route.useSearch();
  const client = useQueryClient();
  const router = useRouter();
  return (
    <AuthLayout
      title="Sign in"
      note={
        <>
          New here?{' '}
          <PageLink to="/signup" inherit underline="always">
            Open a contact center in 3 minutes
          </PageLink>
        </>
      }
    >
      <SignInForm
        onSignedIn={(me) => {
          client.clear();
          setCsrfToken(me.csrf_token);
          client.setQueryData(meQuery.queryKey, me);
          router.history.push(next ?? '/');
        }}
      />
      <PageLink to="/reset" size="sm" mt="md" display="inline-block" underline="always">
        Forgot your password?
      </PageLink>
    </AuthLayout>
  );
}

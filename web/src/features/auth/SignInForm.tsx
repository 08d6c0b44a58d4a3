import { PasswordInput } from '@mantine/core';
import { isNotEmpty } from '@mantine/form';
import { answer, api } from '@/api/client';
import type { Me } from '@/api/model';
import { emailFault } from '@/components/emailFault';
import { AuthForm } from './AuthForm';
import { EmailInput } from './fields';
import { useSentForm } from './useSentForm';

/** Signs in with e-mail and password. */
export function SignInForm({ onSignedIn }: { onSignedIn: (me: Me) => void }) {
  const { field, frame } = useSentForm({
    initialValues: { email: '', password: '' },
    validate: { email: emailFault, password: isNotEmpty('Enter your password.') },
    send: (body) => answer(api.POST('/api/v1/session', { body })),
    onSent: onSignedIn,
  });
  return (
    <AuthForm {...frame} submit="Sign in">
      <EmailInput {...field('email')} />
      <PasswordInput label="Password" autoComplete="current-password" {...field('password')} />
    </AuthForm>
  );
}

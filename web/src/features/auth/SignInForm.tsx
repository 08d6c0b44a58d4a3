import { PasswordInput, TextInput } from '@mantine/core';
import { isNotEmpty, useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { answer, api } from '@/api/client';
import type { Me } from '@/api/model';
import { fieldErrors } from '@/api/problem';
import { AuthForm } from './AuthForm';
import { emailFault } from './validate';

/** Signs in with e-mail and password. */
export function SignInForm({ onSignedIn }: { onSignedIn: (me: Me) => void }) {
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '', password: '' },
    validate: { email: emailFault, password: isNotEmpty('Enter your password.') },
  });
  const signIn = useMutation({
    mutationFn: (body: { email: string; password: string }) => answer(api.POST('/api/v1/session', { body })),
    onSuccess: onSignedIn,
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  return (
    <AuthForm
      onSubmit={form.onSubmit((values) => signIn.mutate(values))}
      error={signIn.error}
      busy={signIn.isPending}
      submit="Sign in"
    >
      <TextInput
        label="Work e-mail"
        type="email"
        autoComplete="username"
        key={form.key('email')}
        {...form.getInputProps('email')}
      />
      <PasswordInput
        label="Password"
        autoComplete="current-password"
        key={form.key('password')}
        {...form.getInputProps('password')}
      />
    </AuthForm>
  );
}

import { PasswordInput, Text, TextInput } from '@mantine/core';
import { isNotEmpty, useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { answer, api } from '@/api/client';
import type { Me } from '@/api/model';
import { fieldErrors, hasCode } from '@/api/problem';
import { zoneCity } from '@/components/format';
import { browserTimeZone } from '@/components/timeZones';
import { AuthForm } from './AuthForm';
import { emailFault, passwordFault } from './validate';

/** Asks for the three things a contact center needs; the time zone comes from the browser. */
export function SignUpForm({ onSignedUp }: { onSignedUp: (me: Me) => void }) {
  const timeZone = browserTimeZone();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { company: '', email: '', password: '' },
    validate: {
      company: isNotEmpty('Enter the name of your company.'),
      email: emailFault,
      password: passwordFault,
    },
  });
  const signUp = useMutation({
    mutationFn: (body: { company: string; email: string; password: string }) =>
      answer(api.POST('/api/v1/signup', { body: { ...body, time_zone: timeZone } })),
    onSuccess: onSignedUp,
    onError: (error) => {
      form.setErrors(
        hasCode(error, 'email_taken') ? { email: 'This address already has a contact center.' } : fieldErrors(error),
      );
    },
  });
  const failure = hasCode(signUp.error, 'email_taken') ? null : signUp.error;
  return (
    <AuthForm
      onSubmit={form.onSubmit((values) => signUp.mutate(values))}
      error={failure}
      busy={signUp.isPending}
      submit="Open my contact center"
      note={
        <Text size="sm" c="dimmed">
          Hours are set to {zoneCity(timeZone)} time. You can change everything later.
        </Text>
      }
    >
      <TextInput
        label="Company"
        autoComplete="organization"
        maxLength={100}
        key={form.key('company')}
        {...form.getInputProps('company')}
      />
      <TextInput
        label="Work e-mail"
        type="email"
        autoComplete="username"
        key={form.key('email')}
        {...form.getInputProps('email')}
      />
      <PasswordInput
        label="Password"
        description="At least 8 characters"
        autoComplete="new-password"
        key={form.key('password')}
        {...form.getInputProps('password')}
      />
    </AuthForm>
  );
}

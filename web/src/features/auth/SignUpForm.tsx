import { Text, TextInput } from '@mantine/core';
import { isNotEmpty } from '@mantine/form';
import { answer, api } from '@/api/client';
import type { Me } from '@/api/model';
import { fieldErrors, hasCode } from '@/api/problem';
import { emailFault } from '@/components/emailFault';
import { zoneCity } from '@/components/format';
import { browserTimeZone } from '@/components/timeZones';
import { AuthForm } from './AuthForm';
import { EmailInput, NewPasswordInput } from './fields';
import { passwordFault } from './passwordFault';
import { useSentForm } from './useSentForm';

/** Asks for the three things a contact center needs; the time zone comes from the browser. */
export function SignUpForm({ onSignedUp }: { onSignedUp: (me: Me) => void }) {
  const timeZone = browserTimeZone();
  const { field, frame } = useSentForm({
    initialValues: { company: '', email: '', password: '' },
    validate: {
      company: isNotEmpty('Enter the name of your company.'),
      email: emailFault,
      password: passwordFault,
    },
    send: (body) => answer(api.POST('/api/v1/signup', { body: { ...body, time_zone: timeZone } })),
    onSent: onSignedUp,
    errorsOf: (error) =>
      isTaken(error) ? { email: 'This address already has a contact center.' } : fieldErrors(error),
  });
  return (
    <AuthForm
      {...frame}
      error={isTaken(frame.error) ? null : frame.error}
      submit="Open my contact center"
      note={
        <Text size="sm" c="dimmed">
          Hours are set to {zoneCity(timeZone)} time. You can change everything later.
        </Text>
      }
    >
      <TextInput label="Company" autoComplete="organization" maxLength={100} {...field('company')} />
      <EmailInput {...field('email')} />
      <NewPasswordInput {...field('password')} />
    </AuthForm>
  );
}

function isTaken(error: unknown): boolean {
  return hasCode(error, 'email_taken');
}

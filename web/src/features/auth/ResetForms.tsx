import { Alert, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { answer, api } from '@/api/client';
import { fieldErrors } from '@/api/problem';
import { IconMail } from '@/icons';
import { AuthForm } from './AuthForm';
import { emailFault, passwordFault } from './validate';

/** Asks where to send the link; says the same whether the address is known or not. */
export function ResetRequestForm() {
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '' },
    validate: { email: emailFault },
  });
  const request = useMutation({
    mutationFn: (body: { email: string }) => answer(api.POST('/api/v1/password-resets', { body })),
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  if (request.isSuccess) {
    return (
      <Alert
        color="teal"
        variant="light"
        role="status"
        icon={<IconMail size={18} aria-hidden />}
        title="Look in your mail"
      >
        If {request.variables.email} has an account here, a link to set a new password is on its way.
      </Alert>
    );
  }
  return (
    <AuthForm
      onSubmit={form.onSubmit((values) => request.mutate(values))}
      error={request.error}
      busy={request.isPending}
      submit="Send me a link"
    >
      <TextInput
        label="Work e-mail"
        type="email"
        autoComplete="username"
        key={form.key('email')}
        {...form.getInputProps('email')}
      />
    </AuthForm>
  );
}

/** Sets a new password with the token of a mailed link. */
export function ResetForm({ token, onReset }: { token: string; onReset: () => void }) {
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { password: '' },
    validate: { password: passwordFault },
  });
  const reset = useMutation({
    mutationFn: (body: { password: string }) =>
      answer(api.POST('/api/v1/password-resets/{token}', { params: { path: { token } }, body })),
    onSuccess: onReset,
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  return (
    <AuthForm
      onSubmit={form.onSubmit((values) => reset.mutate(values))}
      error={reset.error}
      busy={reset.isPending}
      submit="Set password"
    >
      <PasswordInput
        label="New password"
        description="At least 8 characters"
        autoComplete="new-password"
        key={form.key('password')}
        {...form.getInputProps('password')}
      />
    </AuthForm>
  );
}

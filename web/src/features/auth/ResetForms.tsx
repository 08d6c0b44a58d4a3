import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { answer, api } from '@/api/client';
import { fieldErrors } from '@/api/problem';
import { FormError } from '@/components/FormError';
import { IconMail } from '@/icons';
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
    <form onSubmit={form.onSubmit((values) => request.mutate(values))} noValidate>
      <Stack>
        <TextInput
          label="Work e-mail"
          type="email"
          autoComplete="username"
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <FormError error={request.error} />
        <Button type="submit" loading={request.isPending}>
          Send me a link
        </Button>
      </Stack>
    </form>
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
    <form onSubmit={form.onSubmit((values) => reset.mutate(values))} noValidate>
      <Stack>
        <PasswordInput
          label="New password"
          description="At least 8 characters"
          autoComplete="new-password"
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        <FormError error={reset.error} />
        <Button type="submit" loading={reset.isPending}>
          Set password
        </Button>
      </Stack>
    </form>
  );
}

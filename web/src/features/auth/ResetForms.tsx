import { Code } from '@mantine/core';
import { answer, api } from '@/api/client';
import { emailFault } from '@/components/emailFault';
import { Notice } from '@/components/Notice';
import { IconMail } from '@/icons';
import { AuthForm } from './AuthForm';
import { EmailInput, NewPasswordInput } from './fields';
import { passwordFault } from './passwordFault';
import { useSentForm } from './useSentForm';

/** Asks where to send the link; says the same whether the address is known or not. */
export function ResetRequestForm() {
  const { field, frame, sent } = useSentForm({
    initialValues: { email: '' },
    validate: { email: emailFault },
    send: (body) => answer(api.POST('/api/v1/password-resets', { body })),
  });
  if (sent.isSuccess) {
    return (
      <Notice color="gray" role="status" icon={IconMail} title="Look in your mail">
        If {sent.variables.email} has an account here and this Offhook can send mail, a link to set a new password is on
        its way. If none comes, ask whoever runs this Offhook to run{' '}
        <Code style={{ whiteSpace: 'nowrap' }}>offhook reset-link</Code> for you.
      </Notice>
    );
  }
  return (
    <AuthForm {...frame} submit="Send me a link">
      <EmailInput {...field('email')} />
    </AuthForm>
  );
}

/** Sets a new password with the token of a mailed link. */
export function ResetForm({ token, onReset }: { token: string; onReset: () => void }) {
  const { field, frame } = useSentForm({
    initialValues: { password: '' },
    validate: { password: passwordFault },
    send: (body) => answer(api.POST('/api/v1/password-resets/{token}', { params: { path: { token } }, body })),
    onSent: onReset,
  });
  return (
    <AuthForm {...frame} submit="Set password">
      <NewPasswordInput label="New password" {...field('password')} />
    </AuthForm>
  );
}

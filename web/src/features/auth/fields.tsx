import { PasswordInput, type PasswordInputProps, TextInput, type TextInputProps } from '@mantine/core';

/** The address that a user signs in with. */
export function EmailInput(props: TextInputProps) {
  return <TextInput label="Work e-mail" type="email" autoComplete="username" {...props} />;
}

/** A password that is to be set, for which password managers make one. */
export function NewPasswordInput(props: PasswordInputProps) {
  return <PasswordInput label="Password" description="At least 8 characters" autoComplete="new-password" {...props} />;
}

import { Alert } from '@mantine/core';
import { fieldErrors, sentence } from '@/api/problem';
import { IconAlert } from '@/icons';

/** What went wrong with a form as a whole; nothing when the error stands at a field. */
export function FormError({ error }: { error: unknown }) {
  if (!error || Object.keys(fieldErrors(error)).length > 0) return null;
  return (
    <Alert color="red" variant="light" role="alert" icon={<IconAlert size={18} aria-hidden />}>
      {sentence(error)}
    </Alert>
  );
}

import { type UseFormInput, useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { fieldErrors } from '@/api/problem';

type Input<Values, Answer> = {
  initialValues: Values;
  validate: UseFormInput<Values>['validate'];
  send: (values: Values) => Promise<Answer>;
  onSent?: (answer: Answer) => void;
  /** The sentences by field of what the server refused; its own when missing. */
  errorsOf?: (error: unknown) => Record<string, string>;
};

/** A form that is sent once as a whole; what the server refuses of it stands at its fields. */
export function useSentForm<Values extends Record<string, string>, Answer>(input: Input<Values, Answer>) {
  const { initialValues, validate, send, onSent, errorsOf = fieldErrors } = input;
  const form = useForm<Values>({ mode: 'controlled', initialValues, validate });
  const sent = useMutation({
    mutationFn: send,
    onSuccess: onSent,
    onError: (error) => form.setErrors(errorsOf(error)),
  });
  const onSubmit = form.onSubmit((values) => sent.mutate(values));
  const field = (name: Extract<keyof Values, string>) => form.getInputProps(name);
  return { field, sent, frame: { onSubmit, error: sent.error as unknown, busy: sent.isPending } };
}

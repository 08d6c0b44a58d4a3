import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '@/api/client';
import type { PhoneNumber } from '@/api/model';
import { phoneNumbersQuery } from '@/api/queries';
import { ConfirmModal } from './ConfirmModal';
import { phoneNumber } from './format';
import { toastDone } from './toast';

/** Asks before a number is given back; null while none is. */
export function ReleaseNumber({ number, onClose }: { number: PhoneNumber | null; onClose: () => void }) {
  const client = useQueryClient();
  const release = useMutation({
    mutationFn: ({ id }: PhoneNumber) => answer(api.DELETE('/api/v1/phone-numbers/{id}', { params: { path: { id } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: phoneNumbersQuery.queryKey });
      toastDone('The number is released.');
    },
  });
  return (
    <ConfirmModal
      subject={number}
      title={({ e164 }) => `Release ${phoneNumber(e164)}?`}
      consequence={() =>
        'Callers will not reach you under it any more, and another company may claim it. Contacts on record keep it.'
      }
      confirm="Release"
      action={release}
      onConfirm={(released) => release.mutate(released, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}

import { Button, Group } from '@mantine/core';
import { IconArrowRight } from '@/icons';

type Props = { label: string; busy?: boolean; disabled?: boolean; onNext?: () => void; onSkip: () => void };

/** The end of a step: go on, or leave everything as it is. Without `onNext` the button submits the form around it. */
export function StepActions({ label, busy, disabled, onNext, onSkip }: Props) {
  return (
    <Group mt="xs">
      <Button
        type={onNext ? 'button' : 'submit'}
        onClick={onNext}
        loading={busy}
        disabled={disabled}
        rightSection={<IconArrowRight size={16} aria-hidden />}
      >
        {label}
      </Button>
      <Button variant="subtle" onClick={onSkip}>
        Skip, use default
      </Button>
    </Group>
  );
}

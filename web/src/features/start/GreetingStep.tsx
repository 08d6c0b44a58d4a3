import { Button, Group, SegmentedControl, Select, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { answer, api } from '@/api/client';
import type { HoursOfOperation, Prompt } from '@/api/model';
import { flowsQuery, hoursQuery, promptsQuery } from '@/api/queries';
import { FormError } from '@/components/FormError';
import { zoneCity } from '@/components/format';
import { Failed, Loading } from '@/components/Loaded';
import { IconPlay, IconStop } from '@/icons';
import { type HoursChoice, hoursChoiceOf, hoursPatch } from './hours';
import { StepActions } from './StepActions';

/** Step 3: what callers hear first, and when somebody is there. */
export function GreetingStep({ onNext }: { onNext: () => void }) {
  return (
    <Stack>
      <Title order={2} size="h4">
        Greeting and hours
      </Title>
      <GreetingForm onSaved={onNext} onSkip={onNext} />
    </Stack>
  );
}

/** The greeting and the hours in force, and other ones to choose; with `onSkip` as a step of the wizard. */
export function GreetingForm({ onSaved, onSkip }: { onSaved: () => void; onSkip?: () => void }) {
  const client = useQueryClient();
  const prompts = useQuery(promptsQuery);
  const flows = useQuery(flowsQuery);
  const hours = useQuery(hoursQuery);
  const flow = flows.data?.items[0];
  const open = hours.data?.items[0];
  const [chosenPrompt, setPrompt] = useState<string | null>(null);
  const [chosenHours, setHours] = useState<HoursChoice | null>(null);
  const promptId = chosenPrompt ?? flow?.greeting?.id ?? null;
  const hoursChoice = chosenHours ?? hoursChoiceOf(open);
  const save = useMutation({
    mutationFn: async () => {
      if (flow && chosenPrompt && chosenPrompt !== flow.greeting?.id) {
        const params = { path: { id: flow.id } };
        await answer(api.PATCH('/api/v1/flows/{id}/greeting', { params, body: { prompt_id: chosenPrompt } }));
      }
      const body = hoursPatch(chosenHours, open);
      if (open && body) {
        await answer(api.PATCH('/api/v1/hours-of-operation/{id}', { params: { path: { id: open.id } }, body }));
      }
    },
    onSuccess: async () => {
      await Promise.all([
        client.invalidateQueries({ queryKey: flowsQuery.queryKey }),
        client.invalidateQueries({ queryKey: hoursQuery.queryKey }),
      ]);
      setPrompt(null);
      setHours(null);
      onSaved();
    },
  });
  const failed = prompts.error ?? flows.error ?? hours.error;
  if (failed) {
    const retry = () =>
      Promise.all([prompts, flows, hours].filter(({ isError }) => isError).map((each) => each.refetch()));
    return <Failed error={failed} onRetry={() => void retry()} />;
  }
  if (!prompts.data || !flow || !open) return <Loading />;
  // Nobody is greeted with music on hold.
  const greetings = prompts.data.items.filter(({ kind }) => kind === 'speech');
  return (
    <Stack>
      <GreetingChooser prompts={greetings} value={promptId} onChange={setPrompt} />
      <HoursChooser value={hoursChoice} hours={open} onChange={setHours} />
      <FormError error={save.error} />
      {onSkip ? (
        <StepActions label="Next: test call" busy={save.isPending} onNext={() => save.mutate()} onSkip={onSkip} />
      ) : (
        <Group>
          <Button loading={save.isPending} onClick={() => save.mutate()}>
            Save
          </Button>
        </Group>
      )}
    </Stack>
  );
}

type GreetingProps = { prompts: Prompt[]; value: string | null; onChange: (promptId: string | null) => void };

function GreetingChooser({ prompts, value, onChange }: GreetingProps) {
  const chosen = prompts.find(({ id }) => id === value);
  return (
    <div>
      <Group align="flex-end" wrap="nowrap">
        <Select
          label="Callers hear first"
          style={{ flex: 1 }}
          data={prompts.map(({ id, name }) => ({ value: id, label: name }))}
          value={value}
          allowDeselect={false}
          onChange={onChange}
        />
        {chosen && <Listen key={chosen.id} id={chosen.id} name={chosen.name} />}
      </Group>
      {chosen && (
        <Text size="sm" c="dimmed" mt={6}>
          “{chosen.text}”
        </Text>
      )}
    </div>
  );
}

function Listen({ id, name }: { id: string; name: string }) {
  const [playing, setPlaying] = useState(false);
  const audio = useRef<HTMLAudioElement | null>(null);
  useEffect(() => () => audio.current?.pause(), []);
  const toggle = () => {
    if (playing) return audio.current?.pause();
    const element = new Audio(`/api/v1/prompts/${encodeURIComponent(id)}/audio`);
    audio.current = element;
    element.onended = element.onpause = element.onerror = () => setPlaying(false);
    setPlaying(true);
    void element.play().catch(() => setPlaying(false));
  };
  return (
    <Button
      variant="default"
      style={{ flexShrink: 0 }}
      onClick={toggle}
      aria-label={playing ? `Stop ${name}` : `Listen to ${name}`}
      leftSection={playing ? <IconStop size={13} aria-hidden /> : <IconPlay size={13} aria-hidden />}
    >
      {playing ? 'Stop' : 'Listen'}
    </Button>
  );
}

type HoursProps = { value: HoursChoice; hours: HoursOfOperation; onChange: (choice: HoursChoice) => void };

function HoursChooser({ value, hours, onChange }: HoursProps) {
  const own = hoursChoiceOf(hours) === 'own' ? [{ value: 'own', label: 'As they are' }] : [];
  return (
    <div>
      <Text size="sm" fw={600} mb={6} id="hours-label">
        Open
      </Text>
      <SegmentedControl
        aria-labelledby="hours-label"
        value={value}
        onChange={(choice) => onChange(choice as HoursChoice)}
        data={[...own, { value: 'always', label: '24/7' }, { value: 'weekdays', label: 'Weekdays 9–17' }]}
      />
      <Text size="xs" c="dimmed" mt={4}>
        {value === 'always'
          ? 'Callers always get through to your agents.'
          : `In ${zoneCity(hours.time_zone)} time. At all other times callers hear that you are closed.`}
      </Text>
    </div>
  );
}

import { Badge, Card, Grid, Progress, Stack, Stepper } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { meQuery } from '@/api/queries';
import { PageHeader } from '@/components/PageHeader';
import { CompanyStep } from './CompanyStep';
import { DoneCard } from './DoneCard';
import { GreetingStep } from './GreetingStep';
import { NumberStep } from './NumberStep';
import { SetUp } from './SetUp';
import { type Step, secondsLeft } from './steps';
import { TestCallStep } from './TestCallStep';
import { useUnfinishedWizard } from './unfinished';
import { WhatYouHave } from './WhatYouHave';

type Props = { step: Step; contactId?: string; onStep: (step: Step, contactId?: string) => void };

const steps = [
  { label: 'Company', description: 'Name and time zone' },
  { label: 'Phone number', description: 'Pick one' },
  { label: 'Greeting and hours', description: 'What callers hear' },
  { label: 'Test call', description: 'Call yourself' },
];

/** The first-run wizard: four steps with a default each, then the call that proves it works. */
export function StartWizard({ step, contactId, onStep }: Props) {
  const body = useRef<HTMLDivElement>(null);
  const shown = useRef(step);
  useEffect(() => {
    // The button that led here is gone: without this the keyboard would begin at the top of the page again.
    if (shown.current !== step) body.current?.focus();
    shown.current = step;
  }, [step]);
  const narrow = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const { data: me } = useQuery(meQuery);
  // As it was when one came here: the first call is answered in the midst of the last step.
  const [wasSetUp] = useState(me?.first_call.first_call_at != null);
  const [, setUnfinished] = useUnfinishedWizard();
  const unfinished = step === 'done' || wasSetUp ? null : (me?.tenant.id ?? null);
  useEffect(() => setUnfinished(unfinished), [unfinished, setUnfinished]);
  if (step === 'done') return <DoneCard contactId={contactId} />;
  if (wasSetUp) return <SetUp onCalled={(id) => onStep('done', id)} />;
  const minutes = Math.ceil(secondsLeft(step) / 60);
  return (
    <Stack gap="lg" maw={980}>
      <PageHeader
        title="Your contact center is almost ready"
        note="Everything has a working default. Change it now or later."
        action={
          <Badge size="lg" variant="light" color="teal" tt="none" className="num">
            {step - 1} of 4 done · {minutes} min left
          </Badge>
        }
      />
      <Progress value={(step - 1) * 25} aria-label="Setup progress" size="sm" />
      <Card>
        <Stepper
          active={step - 1}
          onStepClick={(index) => onStep((index + 1) as Step)}
          size="sm"
          iconSize={30}
          wrap={false}
        >
          {steps.map(({ label, description }, index) =>
            narrow ? (
              <Stepper.Step key={label} aria-label={`${index + 1} ${label}`} />
            ) : (
              <Stepper.Step key={label} label={label} description={description} />
            ),
          )}
        </Stepper>
        <Grid mt="xl" gap="xl">
          <Grid.Col span={{ base: 12, lg: 7 }} ref={body} tabIndex={-1} style={{ outline: 'none' }}>
            {step === 1 && <CompanyStep onNext={() => onStep(2)} />}
            {step === 2 && <NumberStep onNext={() => onStep(3)} />}
            {step === 3 && <GreetingStep onNext={() => onStep(4)} />}
            {step === 4 && <TestCallStep onDone={(id) => onStep('done', id)} onSkip={() => onStep('done')} />}
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 5 }}>
            <WhatYouHave />
          </Grid.Col>
        </Grid>
      </Card>
    </Stack>
  );
}

import { Card, List, Skeleton, Text, ThemeIcon } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Flow } from '@/api/model';
import { agentQuery, flowsQuery, hoursQuery, phoneNumbersQuery, promptsQuery, queuesQuery } from '@/api/queries';
import { FictitiousNote } from '@/components/FictitiousNote';
import { phoneNumber } from '@/components/format';
import { IconAlert, IconCheck } from '@/icons';
import { takingCalls } from './takingCalls';

/** What already works, read from the configuration as it is. */
export function WhatYouHave() {
  const { data: queues } = useQuery(queuesQuery);
  const { data: flows } = useQuery(flowsQuery);
  const { data: numbers } = useQuery(phoneNumbersQuery);
  const { data: hours } = useQuery(hoursQuery);
  const { data: agent } = useQuery(agentQuery);
  const { data: prompts } = useQuery(promptsQuery);
  const greetingOf = (flow: Flow) => prompts?.items.find(({ id }) => id === flow.greeting?.id)?.text;
  const complete = queues && flows && numbers && hours;
  return (
    <Card bg="light-dark(var(--mantine-color-gray-0), var(--mantine-color-dark-6))">
      <Text fw={600} mb={8}>
        What you have right now
      </Text>
      {!complete && <Skeleton height={90} />}
      {complete && (
        <List
          size="sm"
          spacing={8}
          icon={
            <ThemeIcon size={18} radius="xl" color="teal.8">
              <IconCheck size={12} aria-hidden />
            </ThemeIcon>
          }
        >
          {numbers.items.map((number) => (
            <Line key={number.id}>
              Phone number <b className="num">{phoneNumber(number.e164)}</b>
              {number.flow && (
                <>
                  , answered by the flow <b>{number.flow.name}</b>
                </>
              )}
              {number.fictitious && <FictitiousNote />}
            </Line>
          ))}
          {flows.items.map((flow) => (
            <Line key={flow.id}>
              Callers go through the flow <b>{flow.name}</b>
              {greetingOf(flow) && <> and hear “{greetingOf(flow)}”</>}
            </Line>
          ))}
          {queues.items.map((queue) => (
            <Line key={queue.id}>
              They wait in the queue <b>{queue.name}</b>; the goal is an answer within {queue.service_level_threshold_s}{' '}
              s
            </Line>
          ))}
          {hours.items.map((each) => (
            <Line key={each.id} warns={!each.open_now}>
              {each.name}: <b>{each.always_open ? 'open 24/7' : each.open_now ? 'open now' : 'closed now'}</b>
              {!each.open_now && ', callers hear the closed message'}
            </Line>
          ))}
          {agent && <Line>{takingCalls(agent)}</Line>}
        </List>
      )}
    </Card>
  );
}

/** A line with a tick, or with a warning where something keeps callers from being answered. */
function Line({ children, warns = false }: { children: ReactNode; warns?: boolean }) {
  const warning = (
    <ThemeIcon size={18} radius="xl" color="orange" variant="light">
      <IconAlert size={12} role="img" aria-label="Attention" />
    </ThemeIcon>
  );
  return <List.Item icon={warns ? warning : undefined}>{children}</List.Item>;
}

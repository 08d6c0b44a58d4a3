import type { components } from './schema';

type Schemas = components['schemas'];

export type Agent = Schemas['Agent'];
export type AgentActivity = Schemas['AgentActivity'];
export type AgentContact = Schemas['AgentContact'];
export type AgentStatus = Schemas['AgentStatus'];
export type Contact = Schemas['Contact'];
export type ContactEvent = Schemas['ContactEvent'];
export type ContactState = Schemas['ContactState'];
export type ContactSummary = Schemas['ContactSummary'];
export type FirstCall = Schemas['FirstCall'];
export type HoursOfOperation = Schemas['HoursOfOperation'];
export type Intervals = Schemas['Intervals'];
export type LiveAgent = Schemas['LiveAgent'];
export type LiveContact = Schemas['LiveContact'];
export type LiveMessage = Schemas['LiveMessage'];
export type LiveQueue = Schemas['LiveQueue'];
export type LiveSnapshot = Schemas['LiveSnapshot'];
export type MailSettings = Schemas['MailSettings'];
export type Me = Schemas['Me'];
export type Offer = Schemas['Offer'];
export type OpenPeriod = Schemas['OpenPeriod'];
export type PhoneNumber = Schemas['PhoneNumber'];
export type RoutingDecision = Schemas['RoutingDecision'];
export type Segment = Schemas['Segment'];
export type UsageTotal = Schemas['UsageTotal'];

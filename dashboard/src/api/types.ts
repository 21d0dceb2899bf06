// The one place that names schemas of openapi.json: when the document renames one, mend it here.
import type { components } from './schema';

type Schemas = components['schemas'];

export type Problem = Schemas['Problem'];
export type FieldError = Schemas['FieldError'];
export type Conflict = Schemas['Conflict'];
export type Me = Schemas['MeOut'];
export type Place = Schemas['Place'];
export type Task = Schemas['TaskOut'];
export type TaskStatus = Task['status'];
export type Priority = Task['priority'];
export type NewTask = Schemas['NewTask'];
export type TaskPatch = Schemas['TaskPatch'];
export type Transition = Schemas['Transition'];
export type AssignmentsIn = Schemas['AssignmentsIn'];
export type Assignment = Schemas['AssignmentOut'];
export type AssignmentState = Assignment['state'];
export type TimelineEntry = Schemas['TimelineEntry'];
export type Attachment = Schemas['AttachmentOut'];
export type Calendar = Schemas['CalendarOut'];
export type Report = Schemas['ReportOut'];
export type Agent = Schemas['AgentOut'];
export type Availability = Agent['availability'];
export type Candidate = Schemas['CandidateOut'];
export type Position = Schemas['Position'];
export type Unit = Schemas['UnitOut'];
export type Group = Schemas['GroupOut'];
export type UnitRef = Schemas['UnitRef'];
export type TaskKind = Schemas['TaskKindOut'];
export type NewTaskKind = Schemas['NewTaskKind'];
export type TaskKindPatch = Schemas['TaskKindPatch'];
export type Entry = Schemas['AuditOut'];
export type Proof = Schemas['ProofOut'];
export type User = Schemas['UserOut'];
export type NewUser = Schemas['NewUser'];
export type UserPatch = Schemas['UserPatch'];
export type Consents = Schemas['ConsentsOut'];
export type ConsentsIn = Schemas['ConsentsIn'];
export type Purpose = Schemas['ConsentPurpose'];
export type Permission = Me['permissions'][number];
export type Session = Schemas['SessionOut'];
export type Invite = Schemas['InviteOut'];
export type Overview = Schemas['StatsOverview'];
export type AudiencePreview = Schemas['AudiencePreview'];
export type Work = Schemas['Work'];
export type WorkDay = Schemas['WorkDay'];
export type Answered = Schemas['List_AnsweredOut']['items'][number];
export type Estimate = Schemas['List_EstimateOut']['items'][number];
export type Band = Schemas['Band'];
export type Suggestion = Schemas['List_SuggestionOut']['items'][number];
export type SuggestionStatus = Suggestion['status'];
export type SuggestionCounts = Schemas['List_SuggestionCounts']['items'][number];
export type MapFeature = Schemas['MapFeature'];
export type Shift = Schemas['ShiftOut'];
export type ShiftReport = Schemas['List_ShiftReportOut']['items'][number];
export type NewShift = Schemas['NewShift'];
export type ShiftPattern = Schemas['ShiftPattern'];
export type ShiftLot = Schemas['LotOut'];
export type ShiftImport = Schemas['ImportOut'];
export type PlannedShift = Schemas['PlannedOut'];
export type PeopleImport = Schemas['PeopleImportOut'];
export type Clash = Schemas['ClashOut'];
export type Weekday = Schemas['Day'];
export type Leave = Schemas['LeaveOut'];
export type LeaveDetail = Schemas['LeaveDetail'];
export type LeaveStatus = Leave['status'];
export type NewLeave = Schemas['NewLeave'];
export type Unavailability = Schemas['List_UnavailabilityOut']['items'][number];
export type Broken = Schemas['BrokenOut'];
export type Swap = Schemas['SwapOut'];
export type SwapStatus = Swap['status'];
export type Emergency = Schemas['EmergencyOut'];
export type EmergencyStatus = Emergency['status'];
export type NewEmergency = Schemas['NewEmergency'];
export type Offer = Schemas['OfferOut'];
export type OfferState = Offer['state'];
export type Contact = Schemas['ContactOut'];
export type CheckIns = Schemas['CheckInsOut'];
export type CheckInPerson = Schemas['CheckInPersonOut'];
export type Watched = Schemas['WatchedOut'];
export type Broadcast = Schemas['BroadcastOut'];
export type BroadcastStatus = Broadcast['status'];
export type BroadcastFile = Schemas['BroadcastFile'];
export type NewBroadcast = Schemas['NewBroadcast'];
export type Audience = Broadcast['audience'];
export type Drill = Schemas['DrillOut'];
export type DrillStatus = Drill['status'];
export type DrillScore = Schemas['ScoreOut'];
export type NewDrill = Schemas['NewDrill'];
export type Unanswered = Schemas['List_UnansweredOut']['items'][number];
export type Confirmation = Schemas['Confirmation'];
export type Recipient = Schemas['List_RecipientOut']['items'][number];
export type RecipientState = Recipient['state'];
export type Protocol = Schemas['ProtocolOut'];
export type BroadcastReach = Schemas['PreviewOut'];
export type Readiness = Schemas['Ready'];

export const STATUSES = ['scheduled', 'in_progress', 'paused', 'completed', 'cancelled'] as const;
export const PRIORITIES = ['low', 'medium', 'high', 'urgent', 'critical'] as const;
export const AVAILABILITIES = ['available', 'on_task', 'unavailable', 'off_shift', 'on_leave'] as const;
export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const satisfies readonly Weekday[];
export const LEAVE_STATUSES = ['requested', 'approved', 'rejected', 'cancelled'] as const;
export const SWAP_STATUSES = [
  'accepted',
  'proposed',
  'approved',
  'rejected',
  'declined',
  'cancelled',
] as const;
export const PERMISSIONS = ['broadcast', 'audit', 'system'] as const;
export const isOpen = (status: TaskStatus): boolean => status !== 'completed' && status !== 'cancelled';

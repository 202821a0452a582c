import Type from 'typebox'
import type * as word from './vocabulary.ts'
import {
  ANALYSIS_SORTS,
  ANALYSIS_STATES,
  BANDS,
  CALIBRATION_STATUSES,
  EVIDENCE_ROLES,
  FAMILIES,
  MEDIA_KINDS,
  OUTPUTS,
  PRIORITIES,
  REASON_TEXT,
  RETENTION_PATTERN,
  SCOPES,
  STAGES,
  WEIGHT_VARIANTS,
} from './vocabulary.ts'

// What has a schema below is exported from here alone; the rest passes through.
export * from './vocabulary.ts'

export const MediaKind = Type.Enum([...MEDIA_KINDS])
export type MediaKind = word.MediaKind

export const Family = Type.Enum([...FAMILIES])
export type Family = word.Family

export const Output = Type.Enum([...OUTPUTS])
export type Output = word.Output

export const Band = Type.Enum([...BANDS])
export type Band = word.Band

export const REASON_CODES = Object.keys(REASON_TEXT) as word.ReasonCode[]
export const ReasonCode = Type.Enum(REASON_CODES)
export type ReasonCode = word.ReasonCode

export const Stage = Type.Enum([...STAGES])
export type Stage = word.Stage

export const WeightVariant = Type.Enum([...WEIGHT_VARIANTS])
export type WeightVariant = word.WeightVariant

export const CalibrationStatus = Type.Enum([...CALIBRATION_STATUSES])
export type CalibrationStatus = word.CalibrationStatus

export const AnalysisState = Type.Enum([...ANALYSIS_STATES])
export type AnalysisState = word.AnalysisState

export const AnalysisSort = Type.Enum([...ANALYSIS_SORTS])
export type AnalysisSort = word.AnalysisSort

export const EvidenceRole = Type.Enum([...EVIDENCE_ROLES])
export type EvidenceRole = word.EvidenceRole

export const Priority = Type.Enum([...PRIORITIES])
export type Priority = word.Priority

export const Scope = Type.Enum([...SCOPES])
export type Scope = word.Scope

export const Retention = Type.String({ pattern: RETENTION_PATTERN, description: 'none, hours:N or keep' })
export type Retention = word.Retention

"""Base data (基础数据): areas, grids and who holds them, components, streets, registered objects, and their history."""

from cityloop.grid.models.areas import Area, AreaClass, Cell, Level, Street, StreetLevel
from cityloop.grid.models.classes import CellClass
from cityloop.grid.models.components import Accuracy, Component, ComponentState
from cityloop.grid.models.dated import SRID, Dated, dates_in_order
from cityloop.grid.models.drafts import Draft, DraftCell, DraftDutyGrid, DraftKind, DraftMember, DraftState
from cityloop.grid.models.duty import EVERY_DAY, DutyGrid, DutyHolder
from cityloop.grid.models.history import Change, Subject, Verb
from cityloop.grid.models.imagery import Imagery
from cityloop.grid.models.layers import PIPES_LAYER, ExtraField, ExtraKind, MapObject, ObjectLayer, ObjectState
from cityloop.grid.models.ownership import DisputeReason, OwnershipDispute, OwnershipItem, OwnershipRound
from cityloop.grid.models.places import NameKind, NameRank, Place, PlaceKind, PlaceName
from cityloop.grid.models.staging import DataImport, ImportFinding, ImportMapping, ImportState, Severity
from cityloop.grid.models.tallies import ComponentTally
from cityloop.grid.models.updates import PENDING, Proposal, UpdateKind, UpdateState
from cityloop.grid.models.version import GridVersion
from cityloop.grid.models.work import WorkGrid

__all__ = [
    "EVERY_DAY",
    "PENDING",
    "PIPES_LAYER",
    "SRID",
    "Accuracy",
    "Area",
    "AreaClass",
    "Cell",
    "CellClass",
    "Change",
    "Component",
    "ComponentState",
    "ComponentTally",
    "DataImport",
    "Dated",
    "DisputeReason",
    "Draft",
    "DraftCell",
    "DraftDutyGrid",
    "DraftKind",
    "DraftMember",
    "DraftState",
    "DutyGrid",
    "DutyHolder",
    "ExtraField",
    "ExtraKind",
    "GridVersion",
    "Imagery",
    "ImportFinding",
    "ImportMapping",
    "ImportState",
    "Level",
    "MapObject",
    "NameKind",
    "NameRank",
    "ObjectLayer",
    "ObjectState",
    "OwnershipDispute",
    "OwnershipItem",
    "OwnershipRound",
    "Place",
    "PlaceKind",
    "PlaceName",
    "Proposal",
    "Severity",
    "Street",
    "StreetLevel",
    "Subject",
    "UpdateKind",
    "UpdateState",
    "Verb",
    "WorkGrid",
    "dates_in_order",
]

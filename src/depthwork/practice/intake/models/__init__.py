"""One noun a file; this is the list."""

from depthwork.practice.intake.models.consultation import Consultation
from depthwork.practice.intake.models.desk import ClinicianProfile, Desk
from depthwork.practice.intake.models.inquiry import Inquiry, InquiryStep
from depthwork.practice.intake.models.safety import SafetyPlan

__all__ = ["ClinicianProfile", "Consultation", "Desk", "Inquiry", "InquiryStep", "SafetyPlan"]

from django.apps import AppConfig


class FormulationConfig(AppConfig):
    name = "depthwork.practice.formulation"
    label = "formulation"

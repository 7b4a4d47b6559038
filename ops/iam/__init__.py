"""AWS's policy language: reads policy documents and decides whether they allow a request.

Standard library only. What is not known stays undecided: the evaluator never guesses.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

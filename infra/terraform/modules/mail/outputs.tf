output "identity_arn" {
  description = "The identity, once it is verified."
  value       = aws_sesv2_email_identity.this.arn
  depends_on  = [aws_ses_domain_identity_verification.this]
}
